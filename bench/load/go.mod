module leaf/bench/load

go 1.22
