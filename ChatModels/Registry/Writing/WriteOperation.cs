namespace ChatModels.Registry.Writing;

/// <summary>One write from its caller's point of view: it can be given up at any time, and then it is known whether it may have been sent.</summary>
internal sealed class WriteOperation(string stamp) : IDisposable
{
    private const int Waiting = 0;
    private const int Sending = 1;
    private const int GivenUp = 2;

    private readonly CancellationTokenSource _givenUp = new();
    private int _phase = Waiting;

    /// <summary>The stamp under which it enters the log, in whichever attempt.</summary>
    public string Stamp { get; } = stamp;

    /// <summary>Cancelled when the caller has given up: what was not sent must not be sent any more.</summary>
    public CancellationToken Token => _givenUp.Token;

    /// <summary>Whether the commit may be sent; never after it was given up.</summary>
    public bool TryBeginSending() => Interlocked.CompareExchange(ref _phase, Sending, Waiting) == Waiting;

    /// <summary>The store has answered that nothing was applied.</summary>
    public void EndSending() => Interlocked.CompareExchange(ref _phase, Waiting, Sending);

    /// <summary>Gives up. True when it was certainly not applied, nor ever will be.</summary>
    public bool GiveUp()
    {
        var wasWaiting = Interlocked.Exchange(ref _phase, GivenUp) == Waiting;
        _givenUp.Cancel();
        return wasWaiting;
    }

    public void Dispose() => _givenUp.Dispose();
}
