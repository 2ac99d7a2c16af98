# shellcheck shell=bash
# Images of the services in ECR, named after the revision; what is there is not built again.

SERVICES=(auth-service chat-service frontend)

digest_of() { # digest_of SERVICE; nothing where there is no such image
  aws ecr describe-images --repository-name "$(setting cluster)/$1" --image-ids "imageTag=$REVISION" 2> /dev/null \
    | jq -r '.imageDetails[0].imageDigest // empty'
}

log_in_to_registry() {
  aws ecr get-login-password | docker login --username AWS --password-stdin "$(setting registry)" > /dev/null \
    || stop "ECR refuses the login; the credentials need ecr:GetAuthorizationToken"
}

push_images() {
  local service image logged_in=no
  for service in "${SERVICES[@]}"; do
    image="$(service_setting "$service" repository):$REVISION"
    if [ -n "$(digest_of "$service" || true)" ]; then
      say "$service $REVISION is in the registry"
      continue
    fi
    [ "$logged_in" = yes ] || { log_in_to_registry && logged_in=yes; }
    say "building $service"
    # Without attestations, which would make the tag a list of manifests that ECR does not scan.
    BUILDX_NO_DEFAULT_ATTESTATIONS=1 DOCKER_BUILDKIT=1 docker build --platform "$(platform "$(setting architecture)")" \
      --target "$service" --build-arg "REVISION=$REVISION" --tag "$image" . \
      || stop "$service does not build; the lines above say why"
    say "pushing $service"
    docker push --quiet "$image" > /dev/null || stop "$image could not be pushed; run this again"
  done
}
