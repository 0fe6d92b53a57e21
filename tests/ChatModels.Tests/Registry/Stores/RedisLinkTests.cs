using ChatModels.Registry.Stores;
using StackExchange.Redis;
using Xunit;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisLinkTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>What the client has been seen to fail commands with when a connection ended, and what it might.</summary>
    public static TheoryData<Exception> Failures { get; } =
    [
        new RedisConnectionException(ConnectionFailureType.SocketClosed, "gone"),
        new RedisCommandException("No connection is active."),
        new InvalidOperationException("Reading is not allowed after reader was completed."),
        new ObjectDisposedException("connection"),
        new TaskCanceledException(),
        new IOException("reset"),
        new FormatException(),
    ];

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Ask_WhateverTheClientFailsWith_IsAnUnavailableStore(Exception failure)
    {
        var link = new RedisLink(() => Task.FromException<IConnectionMultiplexer>(failure), TimeProvider.System);

        var told = await Assert.ThrowsAsync<StoreUnavailableException>(() => link.AskAsync("a key", Within, database => database.KeyTouchAsync("k"), TestContext.Current.CancellationToken));

        Assert.Equal(($"Redis could not be reached for a key ({failure.GetType().Name}).", failure), (told.Message, told.InnerException!));
    }

    [Fact]
    public async Task Ask_WhenItsCallerGivesUp_IsCancelled()
    {
        using var caller = new CancellationTokenSource();
        var link = new RedisLink(() => new TaskCompletionSource<IConnectionMultiplexer>().Task, TimeProvider.System);

        var asking = link.AskAsync("a key", Within, database => database.KeyTouchAsync("k"), caller.Token);
        await caller.CancelAsync();

        Assert.Equal(caller.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking)).CancellationToken);
    }
}
