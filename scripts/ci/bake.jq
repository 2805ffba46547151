# What `docker buildx bake --print image` says, changed for a workflow: where the image goes, which
# platform is compiled and what links it, where layers are kept, and the secret of sccache. Options of the command
# line could add annotations, and not take any away.
($image + ":buildcache" + if $platform == "" then "" else "-" + ($platform | split("/") | last) end) as $layers
| {"linux/amd64": "x86_64-unknown-linux-musl", "linux/arm64": "aarch64-unknown-linux-musl"} as $targets
| "type=image,oci-mediatypes=true,rewrite-timestamp=true" as $output
| {
    target: {
      image: (
        .target.image
        | if $push | not then
            .output = ["type=cacheonly"]
          elif $platform == "" then
            .output = [$output + ",push=true"]
          else
            .tags = []
            | .output = [$output + ",push=true,name=\($image),push-by-digest=true,name-canonical=true"]
          end
        | if $platform == "" then .
          else
            .platforms = [$platform]
            | .args.PLATFORMS = "\($platform)=\($targets[$platform])"
            # An image of one platform has no index, and BuildKit refuses annotations of one.
            | .annotations = [
                (.annotations // [])[]
                | capture("^(?<places>[^:=]*):(?<rest>.*)$")
                | (.places | split(",") - ["index", "index-descriptor"] | join(",")) as $places
                | select($places != "")
                | "\($places):\(.rest)"
              ]
          end
        | if $cache then ."cache-from" = ["type=registry,ref=" + $layers] else . end
        # All stages, the dependencies among them. A cache that cannot be written fails no build.
        | if $cache and $push then
            ."cache-to" = ["type=registry,ref=\($layers),mode=max,compression=zstd,oci-mediatypes=true,image-manifest=true,ignore-error=true"]
          else . end
        # A Dockerfile of an older muslin does not know the argument.
        | if $linker == "zig" then . else .args.LINKER = $linker end
        | if $secret == "" then . else .secret = ["id=sccache,src=" + $secret] end
      )
    }
  }
