# shellcheck shell=bash
# Sourced by the scripts of this repository.

# find_jdk25: sets JAVA_HOME to the first JDK 25 found, or says what is missing and fails.
find_jdk25() {
  local home java
  local -a homes=()
  [[ -n ${SENTINEL_JAVA_HOME-} ]] && homes+=("$SENTINEL_JAVA_HOME")
  [[ -n ${JAVA_HOME-} ]] && homes+=("$JAVA_HOME")
  if java=$(command -v java); then
    java=$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")
    homes+=("${java%/bin/java}")
  fi
  homes+=(
    /usr/lib/jvm/*
    /opt/*
    /usr/local/*jdk*
    "${HOME-}"/.sdkman/candidates/java/*
    "${HOME-}"/.jdks/*
    /Library/Java/JavaVirtualMachines/*/Contents/Home
    "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home
    /opt/homebrew/opt/openjdk@25
  )
  for home in "${homes[@]}"; do
    if is_jdk25 "$home"; then
      export JAVA_HOME="$home"
      return 0
    fi
  done
  cat >&2 <<'END'
No JDK 25 found (a full JDK with javac, not a JRE): looked at SENTINEL_JAVA_HOME, JAVA_HOME, java on PATH and the usual places.
Get one: Debian and Ubuntu  apt install openjdk-25-jdk, or temurin-25-jdk from https://adoptium.net/installation/linux
         any system         https://adoptium.net/temurin/releases/?version=25, or: sdk install java 25-tem
Then set SENTINEL_JAVA_HOME to its directory if it is in an unusual place.
END
  return 1
}

# is_jdk25 DIR: true when DIR holds a full JDK 25. Reads the release file where there is one: no JVM start.
is_jdk25() {
  [[ -x $1/bin/java && -x $1/bin/javac ]] || return 1
  if [[ -r $1/release ]]; then
    grep -Eq '^JAVA_VERSION="25([."+-]|$)' "$1/release"
  else
    [[ $("$1/bin/javac" -version 2>&1) =~ ^javac\ 25([.+-]|$) ]]
  fi
}
