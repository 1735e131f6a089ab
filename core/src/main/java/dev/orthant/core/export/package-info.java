/** Models for other programs: folders in Hugging Face's layout, and ONNX. */
@NullMarked
package dev.orthant.core.export;

import org.jspecify.annotations.NullMarked;
