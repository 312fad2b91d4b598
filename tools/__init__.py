"""Tools of this repository that no user needs: `make bench` and `make soak`."""
