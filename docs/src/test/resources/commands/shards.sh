for day in monday tuesday; do
  printf 'sentence\nSeen on %s.\nA film for a rainy evening.\n' $day >$day.csv
  orthant statistics collect --base minilm --task reviews --text-a sentence --rows 2 -o $day.safetensors $day.csv
done
rm reviews.safetensors
