using System.Net;
using System.Net.Sockets;
using ChatModels.Providers.Http.Plain;
using Xunit;

namespace ChatModels.Tests.Providers.Http;

public sealed class ConnectionPoolTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConnectionPool _pool;

    public ConnectionPoolTests()
    {
        _listener.Start();
        _pool = new ConnectionPool(new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"), TimeProvider.System);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThread_GetsTheConnectionBackThatItHasReturned()
    {
        var (mine, others) = (await _pool.RentAsync(Ct), await _pool.RentAsync(Ct));
        using var othersAreBack = new ManualResetEventSlim();
        var mineIsBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // Else it is that thread which returns the others' too.
        var got = OnAThreadAsync(() =>
        {
            _pool.Return(mine);
            mineIsBack.SetResult();
            othersAreBack.Wait(Ct);
            return Rented();
        });
        await mineIsBack.Task;
        _pool.Return(others);
        othersAreBack.Set();

        Assert.Same(mine, await got);
        Assert.Same(others, Rented());
    }

    [Fact]
    public async Task AThreadWithoutOne_GetsTheOneThatWasUsedLast()
    {
        var (older, newer) = (await _pool.RentAsync(Ct), await _pool.RentAsync(Ct));
        _pool.Return(older);
        _pool.Return(newer);

        Assert.Same(newer, await OnAThreadAsync(Rented));
        Assert.Same(older, await OnAThreadAsync(Rented));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _listener.Dispose();
    }

    // Idle connections are there at once; one that had to be opened would not be.
    private Http1Connection Rented()
    {
        var rented = _pool.RentAsync(Ct).AsTask();
        Assert.True(rented.IsCompletedSuccessfully);
        return rented.Result;
    }

    // A thread of its own, which no other work shares.
    private static Task<T> OnAThreadAsync<T>(Func<T> function) =>
        Task.Factory.StartNew(function, Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
