using ChatModels.Registry;
using ChatModels.Testing;
using ChatModels.Tests.Registry;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>The spans of writes and refreshes, whole.</summary>
public sealed class RegistrySpanTests : StoreTest
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-010")]
    public async Task TheBirthOfARegistry()
    {
        using var telemetry = new TelemetryCollector("ChatModels");

        using var replica = await TestReplica.LoadedAsync(Store, Time);

        Assert.Equal(
            """
            registry write [Internal, Unset]
              chatmodels.registry.op = seed
              chatmodels.registry.revision = 1
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-010")]
    public async Task Writes_EachInASpan()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var telemetry = new TelemetryCollector("ChatModels");

        await replica.PutAsync("echo", Sample.Provider);
        await replica.Registry.ApplyAsync(TwoModels(dryRun: true), "tester", Ct);
        await replica.Registry.ApplyAsync(TwoModels(dryRun: false), "tester", Ct);
        await replica.DeleteModelAsync("one");
        await replica.Registry.RollbackAsync(2, dryRun: false, "tester", Ct);

        Assert.Equal(
            """
            registry write [Internal, Unset]
              chatmodels.registry.entity = echo
              chatmodels.registry.op = put_provider
              chatmodels.registry.revision = 2
            registry apply [Internal, Unset]
              chatmodels.registry.changes = 2
              chatmodels.registry.dry_run = true
              chatmodels.registry.op = apply
              chatmodels.registry.revision = 2
            registry apply [Internal, Unset]
              chatmodels.registry.changes = 2
              chatmodels.registry.op = apply
              chatmodels.registry.revision = 3
            registry write [Internal, Unset]
              chatmodels.registry.entity = one
              chatmodels.registry.op = delete_model
              chatmodels.registry.revision = 4
            registry rollback [Internal, Unset]
              chatmodels.registry.changes = 1
              chatmodels.registry.op = rollback
              chatmodels.registry.revision = 5
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-021")]
    [Trait("Requirement", "FR-019")]
    public async Task FailedWrites_SayWhyWithTheCodeThatTheCallerGot()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var telemetry = new TelemetryCollector("ChatModels");

        await replica.PutAsync("not a name; perhaps a key", Sample.Provider);
        await replica.PutAsync("m", Sample.Model);
        Store.Down = true;
        await replica.PutAsync("echo", Sample.Provider);

        Assert.Equal(
            """
            registry write [Internal, Error: invalid_name]
              chatmodels.registry.op = put_provider
              error.type = invalid_name
            registry write [Internal, Error: validation_failed]
              chatmodels.registry.entity = m
              chatmodels.registry.op = put_model
              error.type = validation_failed
            registry write [Internal, Error: registry_unavailable]
              chatmodels.registry.entity = echo
              chatmodels.registry.op = put_provider
              error.type = registry_unavailable
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    public async Task AWriteWhoseCallerWentAway_IsNobodysError()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var telemetry = new TelemetryCollector("ChatModels");
        using var caller = new CancellationTokenSource();
        Store.BeforeReadHead = () => caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replica.Registry.PutProviderAsync("echo", Sample.Provider, Precondition.None, "tester", caller.Token));

        Assert.Equal(
            """
            registry write [Internal, Unset]
              chatmodels.registry.op = put_provider
              error.type = client_closed
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-010")]
    public async Task ARefresh_IsASpanOnlyWhenSomethingWasRead()
    {
        using var writer = await TestReplica.LoadedAsync(Store, Time);
        using var reader = new TestReplica(Store, Time, chance: 2);
        using var telemetry = new TelemetryCollector("ChatModels");

        await reader.RefreshAsync();
        await reader.RefreshAsync();
        await Untraced(() => writer.PutAsync("echo", Sample.Provider));
        await reader.RefreshAsync();
        await reader.RefreshAsync();

        Assert.Equal(
            """
            registry refresh [Internal, Unset]
              chatmodels.registry.outcome = ok
              chatmodels.registry.read = all
              chatmodels.registry.revision = 1
            registry refresh [Internal, Unset]
              chatmodels.registry.outcome = ok
              chatmodels.registry.read = log
              chatmodels.registry.revision = 2
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    [Trait("Requirement", "FR-021")]
    public async Task ARefreshThatCouldNotRead_SaysWhy()
    {
        using var writer = await TestReplica.LoadedAsync(Store, Time);
        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await writer.PutAsync("echo", Sample.Provider);
        Store.LogDown = true;
        using var telemetry = new TelemetryCollector("ChatModels");

        await reader.RefreshAsync();

        Assert.Equal(
            """
            registry refresh [Internal, Error: registry_unavailable]
              chatmodels.registry.read = log
              error.type = registry_unavailable
            """,
            SpanText.Of(telemetry));
    }

    [Fact]
    public async Task WhatAWriteHasToReadFirst_IsBelowIt()
    {
        using var other = await TestReplica.LoadedAsync(Store, Time);
        using var replica = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await other.PutAsync("echo", Sample.Provider);
        using var telemetry = new TelemetryCollector("ChatModels");

        await replica.PutAsync("m", Sample.Model);

        Assert.Equal(
            """
            registry write [Internal, Unset]
              chatmodels.registry.entity = m
              chatmodels.registry.op = put_model
              chatmodels.registry.revision = 3
                registry refresh [Internal, Unset]
                  chatmodels.registry.outcome = ok
                  chatmodels.registry.read = log
                  chatmodels.registry.revision = 2
            """,
            SpanText.Of(telemetry));
    }

    private static RegistryApply TwoModels(bool dryRun) => new()
    {
        Models = [new("one", Sample.Model), new("two", Sample.Model)],
        DryRun = dryRun,
    };

    private static async Task Untraced(Func<Task> act)
    {
        var current = System.Diagnostics.Activity.Current;
        System.Diagnostics.Activity.Current = null;
        await act();
        System.Diagnostics.Activity.Current = current;
    }
}
