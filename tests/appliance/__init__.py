"""The package on whole systems: roots of Debian, another architecture, a machine that is switched off in the middle."""
