/** Where Guice puts the parts together; nothing else in core knows of it. */
@NullMarked
package dev.orthant.core.wiring;

import org.jspecify.annotations.NullMarked;
