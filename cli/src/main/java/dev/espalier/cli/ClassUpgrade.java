package dev.espalier.cli;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Gives classes that are older than Java 6 the form of Java 8: the JVM's class cache takes none without stack
/// maps, and picocli's have none, so that every command would load and verify some two hundred of them. What the
/// code does stays as it is. The launcher does this before it makes the cache. Not part of the tool.
final class ClassUpgrade {
    /// In the eighth byte of a class.
    private static final int VERSION = 7;

    private static final ClassTransform TRANSFORM = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen((builder, element) -> {
                if (element instanceof ClassFileVersion) {
                    builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                } else {
                    builder.with(element);
                }
            });

    private ClassUpgrade() {}

    /// @param args the jars
    public static void main(String[] args) throws IOException {
        for (String jar : args) {
            upgrade(Path.of(jar));
        }
    }

    /// Replaces a jar if it has such classes.
    static void upgrade(Path jar) throws IOException {
        Map<ZipEntry, byte[]> entries = read(jar);
        if (entries.values().stream().noneMatch(ClassUpgrade::isOld)) {
            return;
        }
        Path temporary = Path.of(jar + "." + ProcessHandle.current().pid());
        try {
            write(entries, jar, temporary);
            Files.move(temporary, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void write(Map<ZipEntry, byte[]> entries, Path jar, Path to) throws IOException {
        try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            ClassFile files = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)));
            for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
                byte[] bytes = entry.getValue();
                ZipEntry copy = new ZipEntry(entry.getKey().getName());
                copy.setTime(entry.getKey().getTime());
                out.putNextEntry(copy);
                out.write(isOld(bytes) ? files.transformClass(files.parse(bytes), TRANSFORM) : bytes);
            }
        }
    }

    private static Map<ZipEntry, byte[]> read(Path jar) throws IOException {
        Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry, zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private static boolean isOld(byte[] bytes) {
        boolean isClass = bytes.length > VERSION
                && bytes[0] == (byte) 0xCA
                && bytes[1] == (byte) 0xFE
                && bytes[2] == (byte) 0xBA
                && bytes[3] == (byte) 0xBE;
        return isClass && bytes[VERSION] < ClassFile.JAVA_6_VERSION;
    }
}
