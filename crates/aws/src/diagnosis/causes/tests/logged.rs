//! What containers log when they end, each with its source.

/// The source of what we made up: the vendors publish no list of what their products log. It is of the kind that such products
/// write.
const INVENTED: &str = "invented";

/// What containers log, beside ECS's "Essential container in task exited"; where that is from; and what the remedy says of it.
/// The metering call's errors are those that the AWS Marketplace Metering Service API lists for `RegisterUsage`, in the form in
/// which AWS's SDKs put errors into words.
pub(super) const LOG: &[(&str, &str, &str)] = &[
    (
        "Exception in thread \"main\" com.amazonaws.services.marketplacemetering.model.CustomerNotEntitledException: null (Service: AWSMarketplaceMetering; Status Code: 400; Error Code: CustomerNotEntitledException; Request ID: 0123)",
        "RegisterUsage, Errors; AWS SDK for Java, AmazonServiceException.getMessage",
        "not subscribed",
    ),
    (
        "botocore.errorfactory.CustomerNotEntitledException: An error occurred (CustomerNotEntitledException) when calling the RegisterUsage operation",
        "RegisterUsage, Errors; botocore, exceptions.py, ClientError",
        "not subscribed",
    ),
    (
        "com.amazonaws.services.marketplacemetering.model.PlatformNotSupportedException: AWS Marketplace does not support metering usage from the underlying platform. (Service: AWSMarketplaceMetering; Status Code: 400; Error Code: PlatformNotSupportedException)",
        "RegisterUsage, Errors; AWS SDK for Java, AmazonServiceException.getMessage",
        "does not meter on this platform",
    ),
    (
        "com.amazonaws.services.marketplacemetering.model.DisabledApiException: The API is disabled in the Region. (Service: AWSMarketplaceMetering; Status Code: 400; Error Code: DisabledApiException)",
        "RegisterUsage, Errors; AWS SDK for Java, AmazonServiceException.getMessage",
        "region that AWS Marketplace supports",
    ),
    (
        "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/demo-task/0123 is not authorized to perform: aws-marketplace:RegisterUsage because no identity-based policy allows the aws-marketplace:RegisterUsage action",
        "IAM user guide, Troubleshoot access denied error messages",
        "may not meter",
    ),
    (
        "com.amazonaws.SdkClientException: Unable to execute HTTP request: Connect to metering.marketplace.us-east-1.amazonaws.com:443 [metering.marketplace.us-east-1.amazonaws.com/52.94.1.1] failed: connect timed out",
        "AWS SDK for Java, AmazonHttpClient; Apache HttpClient, ConnectTimeoutException",
        "cannot reach the AWS Marketplace",
    ),
    (
        "Caused by: org.apache.http.conn.HttpHostConnectException: Connect to metering.marketplace.us-east-1.amazonaws.com:443 [metering.marketplace.us-east-1.amazonaws.com/52.94.1.1] failed: Connection refused (Connection refused)",
        "Apache HttpClient, HttpHostConnectException",
        "cannot reach the AWS Marketplace",
    ),
    (
        "Caused by: java.net.UnknownHostException: metering.marketplace.us-east-1.amazonaws.com: Name or service not known",
        "OpenJDK, InetAddress",
        "cannot reach the AWS Marketplace",
    ),
    (
        "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: \"https://metering.marketplace.us-east-1.amazonaws.com/\"",
        "botocore, exceptions.py, EndpointConnectionError",
        "cannot reach the AWS Marketplace",
    ),
    (
        "java.lang.OutOfMemoryError: Java heap space",
        "Java SE troubleshooting guide, The java.lang.OutOfMemoryError error",
        "ran out of memory",
    ),
    (
        "Terminating due to java.lang.OutOfMemoryError: Java heap space",
        "OpenJDK, ExitOnOutOfMemoryError",
        "ran out of memory",
    ),
    ("MemoryError", "Python, Built-in exceptions", "ran out of memory"),
    (
        "FileNotFoundError: [Errno 2] No such file or directory: '/app/license/license.json'",
        "Python, OSError; docs.private-ai.com, Running the container (the path)",
        "finds no licence",
    ),
    (
        "ERROR License file /app/license/license.json was not found",
        INVENTED,
        "finds no licence",
    ),
    (
        "ERROR Your license expired on 2026-01-31",
        INVENTED,
        "does not accept its licence",
    ),
    (
        "Invalid license signature, exiting",
        INVENTED,
        "does not accept its licence",
    ),
    (
        "exec /app/start.sh: exec format error",
        "github.com/opencontainers/runc, the words of execve's ENOEXEC",
        "another CPU architecture",
    ),
    (
        "OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x00000000e0000000, 536870912, 0) failed; error='Cannot allocate memory' (errno=12)",
        "OpenJDK, os_linux.cpp, warn_fail_commit_memory",
        "ran out of memory",
    ),
    ("license.json: no such file or directory", INVENTED, "finds no licence"),
    ("license file is missing", INVENTED, "finds no licence"),
    ("license file does not exist", INVENTED, "finds no licence"),
    ("Missing license, exiting", INVENTED, "finds no licence"),
    ("No license was given", INVENTED, "finds no licence"),
    ("license is invalid", INVENTED, "does not accept its licence"),
    (
        "license is not valid for this host",
        INVENTED,
        "does not accept its licence",
    ),
    ("license was refused", INVENTED, "does not accept its licence"),
    ("license was denied", INVENTED, "does not accept its licence"),
    ("license check failed", INVENTED, "does not accept its licence"),
    ("Failed to read the license", INVENTED, "does not accept its licence"),
    ("Expired license", INVENTED, "does not accept its licence"),
    (
        "OSError: [Errno 28] No space left on device",
        "Python, OSError; Linux, ENOSPC",
        "disk is full",
    ),
];
