# shellcheck shell=bash
# The Lambdas as Terraform and AWS want them: a zip each, with the program as `bootstrap`.

PACKAGES=target/lambda

# As infra/ will have it, where nothing is made yet.
wanted_architecture() {
  local given=${TF_VAR_architecture:-}
  [ -n "$given" ] || given=$(sed -n 's/^ *architecture *= *"\([a-z0-9_]*\)".*/\1/p' infra/terraform.tfvars 2> /dev/null || true)
  echo "${given:-x86_64}"
}

platform() { # platform ARCHITECTURE, in AWS's words
  case "$1" in
    x86_64) echo linux/amd64 ;;
    arm64) echo linux/arm64 ;;
    *) stop "architecture must be x86_64 or arm64, not $1" ;;
  esac
}

package_lambdas() { # package_lambdas ARCHITECTURE
  local name platform
  platform=$(platform "$1")
  say "building the Lambdas for $1"
  rm -rf "$PACKAGES/built"
  mkdir -p "$PACKAGES"
  DOCKER_BUILDKIT=1 docker build --platform "$platform" --target lambda --output "type=local,dest=$PACKAGES/built" . \
    || stop "the Lambdas do not build; the lines above say why"
  for name in ws db-init; do
    [ -f "$PACKAGES/built/$name/bootstrap" ] || stop "the build brought no $name/bootstrap"
    chmod 755 "$PACKAGES/built/$name/bootstrap"
    # The same program makes the same zip, so that nothing is updated for a date.
    touch -d '2020-01-01T00:00:00Z' "$PACKAGES/built/$name/bootstrap"
    rm -f "$PACKAGES/$name.zip"
    TZ=UTC zip --quiet --junk-paths -X "$PACKAGES/$name.zip" "$PACKAGES/built/$name/bootstrap"
    printf '   %s %s kB\n' "$PACKAGES/$name.zip" "$(($(wc -c < "$PACKAGES/$name.zip") / 1024))"
  done
  rm -rf "$PACKAGES/built"
}
