"""The pages, a file each: load, guard, act, render."""
