package dev.espalier.cli;

import java.nio.file.Path;

/// A command about one model, whose file errors name.
interface HasModelFile {
    Path modelFile();
}
