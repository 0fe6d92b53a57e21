using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatModels.Testing;

public enum StoreKind
{
    Redis,
    Garnet,
}

public sealed record StoreServerOptions
{
    public string? Password { get; init; }

    /// <summary>Further command-line arguments of the server.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>A real Redis-compatible server of the test's own: own process, own port, own data with append-only persistence.</summary>
public abstract class StoreServer(StoreServerOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly byte[] Ping = "*1\r\n$4\r\nPING\r\n"u8.ToArray();

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "chatmodels-tests", Guid.NewGuid().ToString("N"));
    private TestProcess? _process;

    public int Port { get; private set; } = FreePort.Next();
    public string EndPoint => $"127.0.0.1:{Port}";
    public string ConnectionString => Options.Password is { } password ? $"{EndPoint},password={password}" : EndPoint;
    public bool IsRunning => _process is { HasExited: false };
    protected StoreServerOptions Options { get; } = options;

    public static async Task<StoreServer> StartAsync(
        StoreKind kind, StoreServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        StoreServer server = kind is StoreKind.Redis ? new RedisServer(options) : new GarnetServer(options);
        await server.BootAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts the server that was created stopped, or that was killed, on its port and with its data.</summary>
    public async Task BootAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"The server on {EndPoint} runs already.");
        }

        Directory.CreateDirectory(_directory);
        await DropProcessAsync();
        _process = Launch(_directory);
        await _process.WaitUntilAsync(AnswersAsync, $"an answer on {EndPoint}", StartDeadline, cancellationToken);
    }

    /// <summary>SIGKILL: no goodbye, no flush. Returns when the process is gone.</summary>
    public Task KillAsync() => Running.KillAsync();

    /// <summary>Kills it if it runs and starts it again on the same port, with its data unless <paramref name="empty"/>.</summary>
    public async Task RestartAsync(bool empty = false, CancellationToken cancellationToken = default)
    {
        await DropProcessAsync();
        if (empty)
        {
            Directory.Delete(_directory, recursive: true);
        }

        await BootAsync(cancellationToken);
    }

    /// <summary>SIGSTOP: connections stay open and nothing is answered.</summary>
    public Task PauseAsync() => Running.PauseAsync();

    public Task ResumeAsync()
    {
        Running.SignalAll(ProcessSignal.Continue);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await DropProcessAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    protected abstract TestProcess Launch(string directory);

    private TestProcess Running => _process ?? throw new InvalidOperationException($"The server on {EndPoint} was not started.");

    private async Task DropProcessAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    protected async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Ping, cancellationToken);
        var answer = new byte[64];
        var read = await stream.ReadAsync(answer, cancellationToken);
        var text = Encoding.ASCII.GetString(answer, 0, read);
        return text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal);
    }
}
