/** Models inside an application: embedding, classifying, fine-tuning and swapping adapters. */
@NullMarked
package dev.orthant.core.application;

import org.jspecify.annotations.NullMarked;
