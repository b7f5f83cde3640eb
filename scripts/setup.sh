# Sourced by the other scripts: finds the checkout, checks the tools, builds what is out of date.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    exit 2
}

# A JDK 17 or newer and Maven 3.8 or newer are all that has to be there.
check_tools() {
    command -v javac >/dev/null || fail "no javac found: install a JDK 17 (a JRE is not enough) and put its bin folder on the PATH"
    local java_version
    java_version=$(javac -version 2>&1 | sed -E 's/^javac ([0-9]+).*/\1/')
    [ "$java_version" -ge 17 ] 2>/dev/null || fail "javac is version $java_version, but has to be 17 or newer"
    command -v mvn >/dev/null || fail "no mvn found: install Apache Maven 3.8 or newer and put it on the PATH"
}

# build MODULES PRODUCT [PHASE [TESTS]]: builds the modules, unless the file they end with is newer than every source.
build() {
    local modules=$1 classpath=$root/$2 phase=${3:-prepare-package} tests=${4:--Dmaven.test.skip=true}
    if [ -f "$classpath" ] && [ -z "$(find "$root/pom.xml" "$root/schemas" "$root/jobs" \
        -name target -prune -o -type f -newer "$classpath" -print -quit)" ]; then
        return
    fi
    check_tools
    echo "Building (the first time Maven fetches some 400 MB)..." >&2
    local log
    log=$(mktemp)
    if ! (cd "$root" && mvn -B -q "$phase" -pl "$modules" "$tests" >"$log" 2>&1); then
        cat "$log" >&2
        rm -f "$log"
        fail "the build failed, see above"
    fi
    rm -f "$log"
    touch "$classpath"
}

java_options=(
    --add-opens=java.base/java.util=ALL-UNNAMED
    --add-opens=java.base/java.lang=ALL-UNNAMED
    "-Dtouchstone.home=$root"
    "-Dlog4j.configurationFile=$root/conf/log4j2-quiet.properties"
)

# operate PROGRAM ARGUMENTS: runs a program that operates a cluster; what it may deploy is built as well.
operate() {
    build schemas,jobs/analytics,jobs/desk,jobs/playground/broker,jobs/playground/flink,jobs/playground \
        jobs/playground/target/packaged package
    local program=$1
    shift
    exec java -Xmx${TOUCHSTONE_HEAP:-512m} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "${java_options[@]}" \
        -cp "$root/jobs/playground/target/classes:$root/jobs/desk/target/classes:$root/jobs/analytics/target/classes:$root/schemas/target/classes:$(cat "$root/jobs/playground/target/classpath")" \
        "io.touchstone.playground.cluster.$program" "$@"
}

# desk PROGRAM ARGUMENTS: runs a program for people who look at what the jobs found.
desk() {
    build schemas,jobs/analytics,jobs/desk jobs/desk/target/classpath
    local program=$1
    shift
    exec java -Xmx${TOUCHSTONE_HEAP:-1g} -XX:+UseSerialGC "${java_options[@]}" \
        -cp "$root/jobs/desk/target/classes:$root/jobs/analytics/target/classes:$root/schemas/target/classes:$(cat "$root/jobs/desk/target/classpath")" \
        "io.touchstone.desk.$program" "$@"
}
