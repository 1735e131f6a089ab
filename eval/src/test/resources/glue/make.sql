-- Makes the files of hub/ and lines/ from those of archives/, with the columns and types of Hugging Face's
-- data set. Run with DuckDB 2.0.0 (org.duckdb:duckdb_jdbc:2.0.0.1), another implementation than the one that reads them.
COPY (SELECT column3 AS sentence, column1::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/CoLA/train.tsv', delim='\t', quote='', escape='', header=false, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/cola/train-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT column3 AS sentence, column1::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/CoLA/dev.tsv', delim='\t', quote='', escape='', header=false, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/cola/validation-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT sentence, label::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/SST-2/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/sst2/train-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT sentence, label::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/SST-2/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/sst2/validation-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT "#1 String" AS sentence1, "#2 String" AS sentence2, Quality::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/MRPC/msr_paraphrase_train.txt', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE ["#1 ID", "#2 ID"] NOT IN (SELECT [column0, column1] FROM read_csv('archives/MRPC/dev_ids.tsv', delim='\t', header=false, all_varchar=true)))
  TO 'hub/mrpc/train-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT "#1 String" AS sentence1, "#2 String" AS sentence2, Quality::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/MRPC/msr_paraphrase_train.txt', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE ["#1 ID", "#2 ID"] IN (SELECT [column0, column1] FROM read_csv('archives/MRPC/dev_ids.tsv', delim='\t', header=false, all_varchar=true)))
  TO 'hub/mrpc/validation-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT sentence1, sentence2, score::FLOAT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/STS-B/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/stsb/train-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT sentence1, sentence2, score::FLOAT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/STS-B/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/stsb/validation-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT sentence1, sentence2, score::FLOAT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/STS-B/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'lines/stsb/train.jsonl' (FORMAT json);
COPY (SELECT sentence1, sentence2, score::FLOAT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/STS-B/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'lines/stsb/validation.jsonl' (FORMAT json);
COPY (SELECT question1, coalesce(question2, '') AS question2, is_duplicate::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/QQP/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE is_duplicate IS NOT NULL)
  TO 'hub/qqp/train-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT question1, coalesce(question2, '') AS question2, is_duplicate::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/QQP/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE is_duplicate IS NOT NULL)
  TO 'hub/qqp/validation-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT * FROM (SELECT sentence1 AS premise, sentence2 AS hypothesis, list_position(['entailment', 'neutral', 'contradiction'], gold_label)::BIGINT - 1 AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/MNLI/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE gold_label <> '-') WHERE idx < 5)
  TO 'hub/mnli/train-00000-of-00002.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM (SELECT sentence1 AS premise, sentence2 AS hypothesis, list_position(['entailment', 'neutral', 'contradiction'], gold_label)::BIGINT - 1 AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/MNLI/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE gold_label <> '-') WHERE idx >= 5)
  TO 'hub/mnli/train-00001-of-00002.parquet' (FORMAT parquet, COMPRESSION gzip);
COPY (SELECT sentence1 AS premise, sentence2 AS hypothesis, list_position(['entailment', 'neutral', 'contradiction'], gold_label)::BIGINT - 1 AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/MNLI/dev_matched.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE gold_label <> '-')
  TO 'hub/mnli/validation_matched-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT sentence1 AS premise, sentence2 AS hypothesis, list_position(['entailment', 'neutral', 'contradiction'], gold_label)::BIGINT - 1 AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/MNLI/dev_mismatched.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false) WHERE gold_label <> '-')
  TO 'hub/mnli/validation_mismatched-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT question, sentence, (label = 'not_entailment')::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/QNLI/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/qnli/train-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT question, sentence, (label = 'not_entailment')::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/QNLI/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/qnli/validation-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT question, sentence, (label = 'not_entailment')::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/QNLI/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'lines/qnli/train.jsonl' (FORMAT json);
COPY (SELECT question, sentence, (label = 'not_entailment')::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/QNLI/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'lines/qnli/validation.jsonl' (FORMAT json);
COPY (SELECT sentence1, sentence2, (label = 'not_entailment')::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/RTE/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/rte/train/0000.parquet' (FORMAT parquet);
COPY (SELECT sentence1, sentence2, (label = 'not_entailment')::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/RTE/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/rte/validation/0000.parquet' (FORMAT parquet);
COPY (SELECT sentence1, sentence2, label::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/WNLI/train.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/wnli/train-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION uncompressed);
COPY (SELECT sentence1, sentence2, label::BIGINT AS label, (row_number() OVER () - 1)::INTEGER AS idx
  FROM read_csv('archives/WNLI/dev.tsv', delim='\t', quote='', escape='', header=true, all_varchar=true, null_padding=true, strict_mode=false))
  TO 'hub/wnli/validation-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION uncompressed);
-- A hidden test part, a column of lists, and numbers and missing values of all kinds.
COPY (SELECT 'not for me ' AS sentence, -1::BIGINT AS label, 0::INTEGER AS idx)
  TO 'hub/sst2/test-00000-of-00001.parquet' (FORMAT parquet);
COPY (SELECT 'Which?' AS question, {'text': ['this', 'that'], 'label': ['A', 'B']} AS choices, 'A' AS answer)
  TO 'nested.parquet' (FORMAT parquet);
COPY (SELECT * FROM (VALUES ('one', 1::TINYINT, 1.5::DOUBLE, true, DATE '2020-02-02'), (NULL, NULL, NULL, NULL, NULL), ('é "', -7::TINYINT, 1e-3::DOUBLE, false, DATE '2020-02-03')) AS t(text, small, number, truth, day))
  TO 'kinds.parquet' (FORMAT parquet);
COPY (SELECT 'text ' || (i % 7) AS text, i AS number FROM range(5000) AS t(i))
  TO 'many.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048);
