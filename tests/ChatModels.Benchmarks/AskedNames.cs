namespace ChatModels.Benchmarks;

/// <summary>Names as requests bring them: characters just read, one request's after the other's; every model once, in an order that no cache foresees.</summary>
internal sealed class AskedNames
{
    private readonly char[] _text;
    private readonly int[] _starts;

    public AskedNames(int models)
    {
        string[] names = [.. Enumerable.Range(0, models).Select(Corpus.ModelName)];
        new Random(1).Shuffle(names);
        _text = [.. names.SelectMany(name => name)];
        _starts = [0, .. names.Select((_, i) => names[i].Length)];
        for (var i = 1; i < _starts.Length; i++)
        {
            _starts[i] += _starts[i - 1];
        }
    }

    public int Count => _starts.Length - 1;

    public ReadOnlySpan<char> this[int index] => _text.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);
}
