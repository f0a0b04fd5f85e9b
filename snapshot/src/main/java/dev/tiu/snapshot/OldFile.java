package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;

/** A file that the base has, by the part of the image that it belongs to. */
public record OldFile(ImagePart part, BytePath path) {}
