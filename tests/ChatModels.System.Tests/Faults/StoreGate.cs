using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatModels.System.Tests.Faults;

/// <summary>Between one worker and the store: passes everything on, until the worker says what it is to be caught at; from there on what it says on that connection waits.</summary>
internal sealed class StoreGate : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _opened = new();
    private readonly int _storePort;
    private readonly CaughtWorker _caught;
    private readonly Task _accepting;

    public StoreGate(int storePort, CaughtWorker caught)
    {
        (_storePort, _caught) = (storePort, caught);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string ConnectionString => _listener.LocalEndpoint.ToString()!;

    /// <summary>Passes on what waits.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>What waits is lost, as the words of a dead process are.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> links = [];
        try
        {
            while (true)
            {
                links.Add(LinkAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or SocketException)
        {
            // However a listener says that it has ended.
            await Task.WhenAll(links);
        }
    }

    private async Task LinkAsync(Socket worker)
    {
        using var store = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var _ = worker;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        worker.NoDelay = true;
        try
        {
            await store.ConnectAsync(IPAddress.Loopback, _storePort, _end.Token);
            var (up, down) = (UpAsync(worker, store, broken.Token), DownAsync(store, worker));
            await Task.WhenAny(up, down);

            // Whichever side is gone, the other one's connection breaks too.
            await broken.CancelAsync();
            worker.Close();
            store.Close();
            await Task.WhenAll(up, down);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The worker sees a broken connection, as it would without the gate.
        }
    }

    private async Task UpAsync(Socket worker, Socket store, CancellationToken broken)
    {
        var buffer = new byte[CaughtWorker.LongestWords + BufferSize];
        var kept = 0;
        while (await worker.ReceiveAsync(buffer.AsMemory(CaughtWorker.LongestWords), _end.Token) is > 0 and var read)
        {
            // The words may have begun in what was passed on before; without their end they are nothing.
            switch (_caught.Hear(buffer.AsSpan(CaughtWorker.LongestWords - kept, kept + read), this))
            {
                case Passage.Held:
                    await HoldAsync(broken);
                    break;
                case Passage.Broken:
                    return;
            }

            await SendAsync(store, buffer.AsMemory(CaughtWorker.LongestWords, read));
            kept = Math.Min(CaughtWorker.LongestWords, kept + read);
            buffer.AsSpan(CaughtWorker.LongestWords + read - kept, kept).CopyTo(buffer.AsSpan(CaughtWorker.LongestWords - kept));
        }
    }

    private async Task HoldAsync(CancellationToken broken)
    {
        try
        {
            await _opened.Task.WaitAsync(broken);
        }
        catch (OperationCanceledException)
        {
            _caught.Lost(this);
            throw;
        }
    }

    private async Task DownAsync(Socket store, Socket worker)
    {
        var buffer = new byte[BufferSize];
        while (await store.ReceiveAsync(buffer, _end.Token) is > 0 and var read)
        {
            await SendAsync(worker, buffer.AsMemory(0, read));
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, _end.Token)..];
        }
    }
}

/// <summary>What becomes of what a worker says to the store.</summary>
internal enum Passage
{
    Open,
    Held,
    Broken,
}

/// <summary>Catches one worker, of all whose gates know this, that says certain words to the store; nobody else gets them through.</summary>
internal sealed class CaughtWorker
{
    public const int LongestWords = 64;

    private readonly Lock _lock = new();
    private byte[]? _words;
    private StoreGate? _holding;

    /// <summary>The gate of whoever is caught now.</summary>
    public StoreGate? Holding
    {
        get
        {
            lock (_lock)
            {
                return _holding;
            }
        }
    }

    /// <summary>From now on; null: nobody else.</summary>
    public void At(string? words)
    {
        lock (_lock)
        {
            (_words, _holding) = (words is null ? null : Encoding.UTF8.GetBytes(words), null);
        }
    }

    public Passage Hear(ReadOnlySpan<byte> said, StoreGate gate)
    {
        lock (_lock)
        {
            if (_words is null || said.IndexOf(_words) < 0)
            {
                return Passage.Open;
            }

            if (_holding is not null)
            {
                return Passage.Broken;
            }

            _holding = gate;
            return Passage.Held;
        }
    }

    /// <summary>Its connection broke: the next one is caught instead.</summary>
    public void Lost(StoreGate gate)
    {
        lock (_lock)
        {
            _holding = _holding == gate ? null : _holding;
        }
    }
}
