#!/usr/bin/env python3
"""Starts, stops and looks at the longhaul daemon of this folder: start, stop, restart, status, health.

Written by `longhaul init`. What follows the action goes to `longhaul daemon`, such as `--time 60x`.
"""
import os
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)))
installed = os.path.join("node_modules", ".bin", "longhaul")
command = [installed] if os.path.exists(installed) else ["npx", "longhaul"]
os.execvp(command[0], [*command, "daemon", *(sys.argv[1:] or ["--help"]), "--layout", "plan"])
