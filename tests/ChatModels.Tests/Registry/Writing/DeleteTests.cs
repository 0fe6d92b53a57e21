using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

public sealed class DeleteTests : StoreTest
{
    [Fact]
    public async Task Delete_IsGoneForAProcessThatReadsEverything()
    {
        using var writer = await WithModelsAsync("gone");
        await writer.DeleteModelAsync("gone");
        await writer.PutAsync("unused", Sample.Provider);
        await writer.DeleteProviderAsync("unused");

        using var reader = await TestReplica.LoadedAsync(Store, Time, chance: 2);

        Assert.Equal((RegistryState.Live, writer.Current.Head), (reader.Registry.Status.State, reader.Current.Head));
        Assert.Equal(["echo"], (await Store.ReadAllAsync(TestContext.Current.CancellationToken))!.Entities.Select(e => e.Id));
    }

    [Fact]
    public async Task Delete_UnusedProvider_IsGoneWithoutATag()
    {
        using var replica = await WithModelsAsync();

        var result = await replica.DeleteProviderAsync("echo");

        Assert.Null(result.Failure);
        Assert.Null(result.Tag);
        Assert.Equal(replica.Current.Head, result.Head);
        Assert.Empty(replica.Current.Providers);
    }

    [Fact]
    public async Task Delete_UsedProvider_NamesItsModels()
    {
        using var replica = await WithModelsAsync("b", "a");

        var failure = (await replica.DeleteProviderAsync("echo")).Failure!;

        Assert.Equal((ErrorCodes.ProviderInUse, "registry.delete_provider"), (failure.Code, failure.Op));
        Assert.Equal("The provider 'echo' is used by the models 'a', 'b'; change or delete these first.", failure.Message);
    }

    [Fact]
    public async Task Delete_ModelThatOthersFallBackTo_NamesThem()
    {
        using var replica = await WithModelsAsync("one");
        await replica.PutAsync("two", Sample.Model with { Fallbacks = ["one"] });

        var failure = (await replica.DeleteModelAsync("one")).Failure!;

        Assert.Equal((ErrorCodes.ModelInUse, "The model 'one' is a fallback of the model 'two'; change or delete these first."), (failure.Code, failure.Message));
        Assert.Null((await replica.DeleteModelAsync("two")).Failure);
        Assert.Null((await replica.DeleteModelAsync("one")).Failure);
    }

    [Fact]
    public async Task Delete_ProviderThatAnUnreadableModelMayUse_IsRefused()
    {
        using var replica = await WithModelsAsync();
        var newer = """{"version":2,"revision":3,"stamp":"n","value":{"routes":["echo"]}}""";
        await Store.ApplyAsync(StoreWriting.Opaque(replica.Current.Head, "n", StoreWriting.Entity(EntityKind.Model, "newer", newer)));

        var failure = (await replica.DeleteProviderAsync("echo")).Failure!;

        Assert.Equal(ErrorCodes.ProviderInUse, failure.Code);
        Assert.Contains("newer process", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_WhatIsNotThere_IsNotFound()
    {
        using var replica = await WithModelsAsync();

        Assert.Equal(ErrorCodes.NotFound, (await replica.DeleteModelAsync("gone")).Failure!.Code);
        Assert.Equal(ErrorCodes.NotFound, (await replica.DeleteProviderAsync("gone")).Failure!.Code);
    }
}
