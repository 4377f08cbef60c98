# Of the functions that `nm --format=posix` lists, the names without what tells two builds of one crate apart; with `order`, a file
# of such names: those that it has, as they are, each after its place there.
function plain(name) {
    gsub(/Cs[0-9A-Za-z]+_/, "C_", name)
    sub(/\.llvm\.[0-9]+$/, "", name)
    return name
}
BEGIN { while (order != "" && (getline name < order) > 0) place[name] = ++count }
$2 !~ /^[tTwW]$/ { next }
order == "" { print plain($1); next }
plain($1) in place { print place[plain($1)], $1 }
