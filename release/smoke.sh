#!/bin/sh
# Lets the Terraform of this machine install the archive of a folder and call the provider: smoke.sh FOLDER
set -eu
folder=$(cd "$1" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

mkdir -p "$place/mirror/registry.terraform.io/thatdot/thatdot" "$place/work"
cp "$folder"/terraform-provider-thatdot_*.zip "$place/mirror/registry.terraform.io/thatdot/thatdot"
cd "$place/work"
cat >../terraform.rc <<END
provider_installation {
  filesystem_mirror {
    path = "../mirror"
  }
}
END
cat >main.tf <<END
terraform {
  required_providers {
    thatdot = {
      source = "thatdot/thatdot"
    }
  }
}

output "size" {
  value = provider::thatdot::fargate_size(1, 14)
}
END
export TF_CLI_CONFIG_FILE=../terraform.rc CHECKPOINT_DISABLE=1
terraform init -input=false
terraform apply -input=false -auto-approve
