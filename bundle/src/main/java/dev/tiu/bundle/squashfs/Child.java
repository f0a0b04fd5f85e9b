package dev.tiu.bundle.squashfs;

import dev.tiu.linux.BytePath;

/** An entry of a directory: one component, and what it names. */
public record Child(BytePath name, Inode inode) {}
