"""How large the provider is, and how much memory an apply takes it."""

import statistics
import tempfile
import zipfile

from bench.table import Row, megabytes

# What users measured of one process of the provider `aws`: hashicorp/terraform-provider-aws#29631.
AWS_PROVIDER = 210e6


def rows(provider, found):
    """The table's rows. ``found`` is what ``lives`` measured."""
    size = provider.stat().st_size
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.write(provider, provider.name)
        zipped = file.tell()
    made = [
        Row("the binary", "", "", megabytes(size), None, "30 MB", size < 30e6, "a release build, stripped"),
        Row("the binary, zipped", "", "", megabytes(zipped), None, "12 MB", zipped < 12e6, "deflate, level 9"),
    ]
    for product, (told, _) in found.items():
        peaks = [peak for peak in told["create"].peaks if peak]
        if peaks:
            peak = statistics.median(peaks)
            made.append(
                Row(
                    f"resident memory in an apply, {product} with every block",
                    "one process of the provider `aws`",
                    f"about {megabytes(AWS_PROVIDER)}",
                    megabytes(peak),
                    peak / AWS_PROVIDER,
                    "30 MB",
                    peak < 30e6,
                    "`VmHWM` of the provider, median",
                )
            )
    return made
