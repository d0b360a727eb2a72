handler() {
  echo "got $1" >&2
  echo "{\"bash\": $1}"
}
