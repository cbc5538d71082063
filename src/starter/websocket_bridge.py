#!/usr/bin/env python3
"""Lets WebSocket clients, such as ksi_web_ui, talk to the longhaul daemon of this folder, at ws://localhost:8765.

Written by `longhaul init`. What is given goes to `longhaul bridge`, such as `--port 9000`.
"""
import os
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)))
installed = os.path.join("node_modules", ".bin", "longhaul")
command = [installed] if os.path.exists(installed) else ["npx", "longhaul"]
os.execvp(command[0], [*command, "bridge", *sys.argv[1:]])
