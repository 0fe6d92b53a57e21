namespace ChatModels.Testing;

/// <summary>The last lines that a process wrote, standard output and error together.</summary>
internal sealed class ProcessOutput
{
    private const int Limit = 5_000;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openStreams = 2;

    public void Add(string? line)
    {
        if (line is null)
        {
            if (Interlocked.Decrement(ref _openStreams) == 0)
            {
                _ended.TrySetResult();
            }

            return;
        }

        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Limit)
            {
                _lines.Dequeue();
            }
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The last lines arrive after the end of the process; or never, where a child of it keeps the streams open.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await _ended.Task.WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch (TimeoutException)
        {
            Add("(a child process still holds the output open)");
        }
    }

    public override string ToString() => string.Join('\n', Lines.TakeLast(40));
}
