using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatModels.Tests.Providers.Http;

/// <summary>A server that says exactly the bytes it is told to, request by request, over whatever connections it gets.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, NetworkStream, string, Task<bool>> _answer;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _requests;

    /// <param name="answer">Gets a request's number, the connection and the head; true keeps the connection open.</param>
    public ScriptedServer(Func<int, NetworkStream, string, Task<bool>> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>A server that answers each request with the next of these, the last one again and again.</summary>
    public ScriptedServer(params string[] answers)
        : this(async (number, stream, _) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answers[Math.Min(number, answers.Length - 1)]));
            return true;
        })
    {
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>Connections that were made so far.</summary>
    public int Connections { get; private set; }

    /// <summary>When the server has closed every connection that it has by now.</summary>
    public Task ConnectionsEnded => Task.WhenAll(_connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                _connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        try
        {
            while (await ReadRequestAsync(client.GetStream()) is { } head && await _answer(_requests++, client.GetStream(), head))
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The test is over, or the client has left.
        }
    }

    /// <summary>The head of the next request, its body read as well where it is short; null at the end of the connection.</summary>
    private async Task<string?> ReadRequestAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (!Encoding.Latin1.GetString([.. bytes]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            bytes.Add(one[0]);
        }

        var head = Encoding.Latin1.GetString([.. bytes]);
        var length = int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0], CultureInfo.InvariantCulture);
        if (length <= 16 * 1024)
        {
            await stream.ReadExactlyAsync(new byte[length], _stop.Token);
        }

        return head;
    }
}
