/** Tests of training adapters. */
@NullMarked
package dev.orthant.core.finetune;

import org.jspecify.annotations.NullMarked;
