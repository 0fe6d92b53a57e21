using System.Net;
using System.Net.Sockets;

namespace ChatModels.Providers.Http.Plain;

/// <summary>The idle connections to one endpoint; the one used last is used first, on the thread that used it where it can be, so that those not needed grow old and are closed.</summary>
/// <remarks>Safe for any number of threads. It opens as many connections as there are requests: limits are the chat path's.</remarks>
internal sealed class ConnectionPool : IDisposable
{
    // Vendors move behind their names: a connection that never ended would never see it.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Asking the kernel whether the other end has closed is a call of its own. A connection that was in use a moment ago is taken at its word:
    // servers that close behind an answer say so in it.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(10);

    // How many idle connections are looked at for one of this thread's own.
    private const int LookBack = 16;

    private readonly Lock _lock = new();
    private readonly List<Http1Connection> _idle = [];
    private readonly EndPoint _endPoint;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private bool _isDisposed;

    public ConnectionPool(Uri endpoint, TimeProvider time)
    {
        // DnsSafeHost has no brackets around an IPv6 address.
        _endPoint = IPAddress.TryParse(endpoint.DnsSafeHost, out var address) ? new IPEndPoint(address, endpoint.Port) : new DnsEndPoint(endpoint.IdnHost, endpoint.Port);
        _time = time;
        _sweeper = time.CreateTimer(static pool => ((ConnectionPool)pool!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    public ValueTask<Http1Connection> RentAsync(CancellationToken cancellationToken)
    {
        while (TakeIdle() is { } connection)
        {
            if (IsUsable(connection))
            {
                return new(connection);
            }

            connection.Dispose();
        }

        return new(OpenAsync(cancellationToken));
    }

    /// <summary>Takes a connection back whose last answer was read to its end.</summary>
    public void Return(Http1Connection connection)
    {
        connection.IdleSince = _time.GetTimestamp();
        connection.LastThread = Environment.CurrentManagedThreadId;
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _idle.Add(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        _sweeper.Dispose();
        lock (_lock)
        {
            _isDisposed = true;
            _idle.ForEach(connection => connection.Dispose());
            _idle.Clear();
        }
    }

    private bool IsUsable(Http1Connection connection)
    {
        var now = _time.GetTimestamp();
        return _time.GetElapsedTime(connection.Opened, now) < Lifetime && (_time.GetElapsedTime(connection.IdleSince, now) < Fresh || connection.IsAlive);
    }

    private Http1Connection? TakeIdle()
    {
        lock (_lock)
        {
            if (_idle.Count == 0)
            {
                return null;
            }

            var index = IndexOfNearest();
            var nearest = _idle[index];
            _idle.RemoveAt(index);
            return nearest;
        }
    }

    // A connection whose last answer came in on this thread: in the gateway each thread waits for sockets of its own, and a request that stays with
    // one thread from its client to its upstream and back takes a tenth less processor time than one that two threads pass on.
    private int IndexOfNearest()
    {
        var thread = Environment.CurrentManagedThreadId;
        for (var index = _idle.Count - 1; index >= Math.Max(0, _idle.Count - LookBack); index--)
        {
            if (_idle[index].LastThread == thread)
            {
                return index;
            }
        }

        return _idle.Count - 1;
    }

    private void Sweep()
    {
        lock (_lock)
        {
            var old = _idle.FindLastIndex(connection => _time.GetElapsedTime(connection.IdleSince) >= IdleTimeout) + 1;
            _idle.GetRange(0, old).ForEach(connection => connection.Dispose());
            _idle.RemoveRange(0, old);
        }
    }

    private async Task<Http1Connection> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(ConnectTimeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await socket.ConnectAsync(_endPoint, stop.Token).ConfigureAwait(false);
            return new Http1Connection(socket, _time.GetTimestamp());
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            var isUnknown = exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain;
            throw new HttpRequestException(isUnknown ? HttpRequestError.NameResolutionError : HttpRequestError.ConnectionError, exception.Message, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"No connection within {ConnectTimeout.TotalSeconds:0} s.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
