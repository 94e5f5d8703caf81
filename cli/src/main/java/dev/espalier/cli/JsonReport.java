package dev.espalier.cli;

import java.io.PrintStream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Reports for programs. Every one has a `schemaVersion`, which changes when a field's meaning does; new fields do not
/// change it.
final class JsonReport {
    static final int SCHEMA_VERSION = 1;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonReport() {}

    static void print(Object report, PrintStream out) {
        out.println(JSON.writeValueAsString(report));
    }
}
