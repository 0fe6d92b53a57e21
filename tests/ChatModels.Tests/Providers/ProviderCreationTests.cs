using ChatModels.Providers;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Providers;

public sealed class ProviderCreationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-003")]
    public async Task Create_ByName_HandsTheCreatorItsOptionsAndServices()
    {
        (ProviderOptions Options, ProviderServices Services)? given = null;
        var types = With(Metadata("mine") with { DefaultEndpoint = new Uri("https://default.example/v1") }, (options, services, _) =>
        {
            given = (options, services);
            return new(new FakeChatProvider());
        });

        await using var provider = await types.CreateAsync("mine", Options("a"), Services, Ct);

        Assert.Equal("a", given?.Options.Id);
        Assert.Equal(new Uri("https://default.example/v1"), given?.Options.Endpoint);
        Assert.Same(Services, given?.Services);
    }

    [Fact]
    [Trait("Requirement", "FR-003")]
    public async Task Create_UnknownType_FailsWithItsCode()
    {
        var error = await Assert.ThrowsAsync<ChatModelsException>(() => new ChatProviderTypes().CreateAsync("none", Options(), Services, Ct).AsTask());

        Assert.Equal(ErrorCodes.ProviderTypeUnknown, error.Code);
    }

    [Fact]
    [Trait("Requirement", "FR-014")]
    public async Task Create_InvalidOptions_NamesAllOfThemAndNeverCallsTheCreator()
    {
        var calls = 0;
        var spec = new OptionSpec { Name = "must", Kind = OptionKind.Text, Description = "What it says.", Required = true };
        var types = With(Metadata("mine") with { Options = [spec], ApiKey = FieldUse.Required }, (_, _, _) =>
        {
            calls++;
            return new(new FakeChatProvider());
        });

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync("mine", Options("a", """{"mist":1}"""), Services, Ct).AsTask());

        Assert.Equal((ErrorCodes.ProviderOptionsInvalid, 0), (error.Code, calls));
        Assert.Equal(["$.apiKey", "$.options.mist", "$.options.must"], error.Issues.Select(issue => issue.Path));
    }

    [Fact]
    [Trait("Defect", "one-level-of-errors")]
    [Trait("Requirement", "FR-017")]
    public async Task Create_CreatorFails_WrapsTheWholeCauseWithOpAndCode()
    {
        var cause = new IOException("outer", new TimeoutException("inner"));
        var types = With(Metadata("mine"), (_, _, _) => throw cause);

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync("mine", Options("a"), Services, Ct).AsTask());

        Assert.Equal(("provider_types.create", ErrorCodes.ProviderCreationFailed, "a"), (error.Op, error.Code, error.Provider));
        Assert.Same(cause, error.InnerException);
        Assert.IsType<TimeoutException>(error.GetBaseException());
    }

    [Fact]
    public async Task Create_CreatorReturnsNothing_FailsInsteadOfHandingOutNull()
    {
        var types = With(Metadata("mine"), (_, _, _) => new((IChatProvider)null!));

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync("mine", Options(), Services, Ct).AsTask());

        Assert.Equal(ErrorCodes.ProviderCreationFailed, error.Code);
    }

    [Fact]
    [Trait("Defect", "missing-dependency")]
    public async Task Create_CreatorNeedsAServiceThatIsNotThere_FailsAndNamesItInsteadOfGoingOnWithout()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var types = With(Metadata("mine"), (_, offered, _) => new(offered.Services!.GetRequiredService<FakeChatProvider>()));

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync("mine", Options("a"), Services with { Services = services }, Ct).AsTask());

        Assert.Equal(ErrorCodes.ProviderCreationFailed, error.Code);
        Assert.Contains(nameof(FakeChatProvider), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Defect", "creation-timeout")]
    public async Task Create_DeadlinePasses_ReallyCancelsTheCreator()
    {
        var clock = new FakeTimeProvider();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var types = With(Metadata("mine") with { CreationTimeout = TimeSpan.FromMilliseconds(50) }, async (_, _, cancellationToken) =>
        {
            using var registration = cancellationToken.Register(cancelled.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("It was not cancelled.");
        });
        var creation = types.CreateAsync("mine", Options("a"), Services with { Time = clock }, Ct).AsTask();
        await started.Task.WaitAsync(Ct);

        clock.Advance(TimeSpan.FromMilliseconds(51));

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => creation);
        Assert.Equal((ErrorCodes.ProviderCreationTimeout, true, "a"), (error.Code, error.Retryable, error.Provider));
        await WaitUntil.SignalAsync(cancelled.Task, "the creator's cancellation", cancellationToken: Ct);
    }

    [Fact]
    public async Task Create_CreatorBlocksAndIgnoresItsToken_FreesTheCallerAndDisposesTheLateProvider()
    {
        var clock = new FakeTimeProvider();
        var late = new FakeChatProvider();
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var types = With(Metadata("mine") with { CreationTimeout = TimeSpan.FromMilliseconds(50) }, (_, _, _) =>
        {
            started.Set();
            gate.Wait(CancellationToken.None);
            return new(late);
        });
        var creation = types.CreateAsync("mine", Options(), Services with { Time = clock }, Ct).AsTask();
        started.Wait(Ct);

        clock.Advance(TimeSpan.FromMilliseconds(51));

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => creation);
        Assert.Equal((ErrorCodes.ProviderCreationTimeout, 0), (error.Code, late.Disposals));
        gate.Set();
        await WaitUntil.TrueAsync(() => late.Disposals == 1, "the late provider's disposal", cancellationToken: Ct);
        Assert.True(await types.UnregisterAsync("mine", Ct));
    }

    [Fact]
    public async Task Create_CallerCancels_IsACancellationAndNoError()
    {
        var types = With(Metadata("mine"), async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new FakeChatProvider();
        });
        using var stop = new CancellationTokenSource();
        var creation = types.CreateAsync("mine", Options(), Services, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creation);
    }

    [Fact]
    [Trait("Defect", "factory-deadlock")]
    public async Task Create_CreatorRegistersAnotherType_DoesNotDeadlock()
    {
        ChatProviderTypes types = null!;
        types = With(Metadata("outer"), (_, _, _) =>
        {
            types.Register(Metadata("inner"), Creating(new FakeChatProvider()));
            return new(new FakeChatProvider());
        });

        await using var provider = await types.CreateAsync("outer", Options(), Services, Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.Equal(["inner", "outer"], types.List().Select(type => type.Name));
    }

    [Theory]
    [Trait("Requirement", "FR-015")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Create_WithHealthCheck_KeepsTheHealthyAndDisposesTheOthers(bool healthy)
    {
        var provider = new FakeChatProvider { OnHealth = _ => new(new ProviderHealth(healthy, healthy ? null : "It is down.")) };
        var types = With(Metadata("mine"), Creating(provider));

        var creation = types.CreateAsync("mine", Options(), Services, checkHealth: true, Ct).AsTask();

        var error = await Record.ExceptionAsync(() => creation) as ChatModelsException;
        Assert.Equal(healthy ? null : ErrorCodes.ProviderUnhealthy, error?.Code);
        Assert.Equal(healthy ? 0 : 1, provider.Disposals);
    }

    [Fact]
    [Trait("Requirement", "FR-015")]
    public async Task Create_HealthCheckThrowsOrHangs_IsUnhealthyWithTheCause()
    {
        var clock = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        var throwing = With(Metadata("mine"), Creating(new FakeChatProvider { OnHealth = _ => throw new IOException("gone") }));
        var hanging = With(Metadata("mine"), Creating(new FakeChatProvider
        {
            OnHealth = _ =>
            {
                asked.SetResult();
                return new(new TaskCompletionSource<ProviderHealth>().Task);
            },
        }));

        var thrown = await Assert.ThrowsAsync<ChatModelsException>(() => throwing.CreateAsync("mine", Options(), Services, true, Ct).AsTask());
        var creation = hanging.CreateAsync("mine", Options(), Services with { Time = clock }, true, Ct).AsTask();
        await asked.Task.WaitAsync(Ct);
        clock.Advance(TimeSpan.FromSeconds(6));
        var hung = await Assert.ThrowsAsync<ChatModelsException>(() => creation);

        Assert.Equal((ErrorCodes.ProviderUnhealthy, typeof(IOException)), (thrown.Code, thrown.InnerException!.GetType()));
        Assert.Equal(ErrorCodes.ProviderUnhealthy, hung.Code);
    }

    [Fact]
    [Trait("Defect", "registering-health-check")]
    [Trait("Requirement", "FR-015")]
    public async Task CheckHealth_AskedOften_RegistersAndDeletesNothing()
    {
        var types = With(Metadata("mine"), Creating(new FakeChatProvider()));
        await using var provider = await types.CreateAsync("mine", Options(), Services, Ct);
        var before = types.List();

        for (var round = 0; round < 10; round++)
        {
            Assert.Equal(ProviderHealth.Ok, await provider.CheckHealthAsync(Ct));
        }

        Assert.Same(before, types.List());
    }
}
