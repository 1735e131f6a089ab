/** What the pages show, compiled and run. */
@NullMarked
package dev.orthant.docs.examples;

import org.jspecify.annotations.NullMarked;
