/// Commands, reports and exit codes. The only package that prints.
@NullMarked
package dev.espalier.cli;

import org.jspecify.annotations.NullMarked;
