/** What tests of every module, and of third-party plug-ins, build on. */
@NullMarked
package dev.orthant.core.testing;

import org.jspecify.annotations.NullMarked;
