using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatModels.Testing;

namespace ChatModels.Tests.Registry.Stores;

/// <summary>Stands between a writer and its server, and steps in at the moment that matters: when a write's transaction has left the client.</summary>
/// <remarks>A write is known by the PUBLISH in it, and ends with EXEC.</remarks>
internal sealed class WireTap : IAsyncDisposable
{
    private static readonly byte[] Publish = Encoding.ASCII.GetBytes("PUBLISH");
    private static readonly byte[] Exec = Encoding.ASCII.GetBytes("EXEC\r\n");

    private readonly TcpListener _listener;
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _caught = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private volatile bool _holdRequests;
    private volatile bool _dropAnswer;
    private volatile bool _dropping;

    public WireTap(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        Port = FreePort.Next();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Ends when a write was caught.</summary>
    public Task Caught => _caught.Task;

    /// <summary>The next write does not reach the server before <see cref="Release"/>.</summary>
    public void HoldNextWrite() => _holdRequests = true;

    /// <summary>The next write reaches the server, but its client sees the connection end instead of the answer.</summary>
    public void DropNextAnswer() => _dropAnswer = true;

    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                await Task.WhenAll(RequestsAsync(client, server), AnswersAsync(server, client));
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One end has gone, and so does the other.
            }
        }
    }

    private async Task RequestsAsync(TcpClient client, TcpClient server)
    {
        var buffer = new byte[64 * 1024];
        var writing = false;
        while (await client.GetStream().ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            writing |= buffer.AsSpan(0, read).IndexOf(Publish) >= 0;
            if (writing && _holdRequests)
            {
                _caught.TrySetResult();
                await _released.Task.WaitAsync(_stop.Token);
            }

            if (writing && buffer.AsSpan(0, read).IndexOf(Exec) >= 0)
            {
                _dropping |= _dropAnswer;
                writing = false;
            }

            await server.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    private async Task AnswersAsync(TcpClient server, TcpClient client)
    {
        var buffer = new byte[64 * 1024];
        while (await server.GetStream().ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            if (_dropping)
            {
                client.Close();
                _dropping = _dropAnswer = false;
                _caught.TrySetResult();
                await Task.Delay(Timeout.Infinite, _stop.Token); // The server must not see its connection end before it has executed.
            }

            await client.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
