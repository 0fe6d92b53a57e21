using ChatModels.Providers;
using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Providers;

public sealed class ProviderRegistrationTests
{
    private static readonly ProviderCreator AnyCreator = Creating(new FakeChatProvider());

    [Fact]
    [Trait("Defect", "singleton-twice")]
    [Trait("Requirement", "FR-001")]
    public void Global_AskedByManyThreads_IsOneInstanceWithTheBuiltInTypes()
    {
        var seen = new ChatProviderTypes[64];

        Parallel.For(0, seen.Length, index => seen[index] = ChatProviderTypes.Global);

        Assert.Single(seen.Distinct());
        Assert.Equal(["openai", "simulator"], ChatProviderTypes.Global.List().Select(type => type.Name).Where(name => name is "openai" or "simulator"));
    }

    [Fact]
    [Trait("Requirement", "FR-002")]
    public void Register_OnOneInstance_LeavesOthersAlone()
    {
        var types = With(Metadata("mine"), AnyCreator);

        Assert.True(types.IsRegistered("mine"));
        Assert.False(new ChatProviderTypes().IsRegistered("mine"));
        Assert.False(ChatProviderTypes.Global.IsRegistered("mine"));
    }

    [Fact]
    [Trait("Requirement", "FR-007")]
    public void Register_NameTaken_FailsWithACodeAndKeepsTheFirst()
    {
        var types = With(Metadata("mine") with { Description = "first" }, AnyCreator);

        var error = Assert.Throws<ChatModelsException>(() => types.Register(Metadata("mine") with { Description = "second" }, AnyCreator));

        Assert.Equal((ErrorCodes.ProviderAlreadyRegistered, "mine", "provider_types.register"), (error.Code, error.Provider, error.Op));
        Assert.Equal("first", types.Resolve("mine").Description);
    }

    [Fact]
    [Trait("Defect", "two-steps")]
    [Trait("Requirement", "FR-007")]
    public void Register_SameNameFromManyThreads_LetsExactlyOneIn()
    {
        var types = new ChatProviderTypes();
        var failures = 0;

        Parallel.For(0, 64, _ =>
        {
            try
            {
                types.Register(Metadata("mine"), AnyCreator);
            }
            catch (ChatModelsException)
            {
                Interlocked.Increment(ref failures);
            }
        });

        Assert.Equal((63, 1), (failures, types.List().Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("Upper")]
    [InlineData("a_b")]
    [InlineData("a\n")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void Register_NameOutsideTheGrammar_NamesTheGrammar(string name)
    {
        var error = Assert.Throws<ChatModelsException>(() => new ChatProviderTypes().Register(Metadata(name), AnyCreator));

        Assert.Equal(ErrorCodes.InvalidName, error.Code);
        Assert.Contains("[a-z0-9][a-z0-9-]{0,62}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("azure-openai")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123")]
    public void Register_NameInsideTheGrammar_IsTaken(string name) => Assert.Equal(name, With(Metadata(name), AnyCreator).Resolve(name).Name);

    [Fact]
    public void Register_UnknownCapability_IsRefused() =>
        Assert.Contains("'chatt'", Assert.Throws<ArgumentException>(() => With(Metadata("mine") with { Capabilities = ["chatt"] }, AnyCreator)).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Defect", "aliased-metadata")]
    [Trait("Requirement", "FR-004")]
    public void Metadata_ListsChangedByTheCallerAfterwards_StayAsRegistered()
    {
        List<string> capabilities = [ModelCapabilities.Chat];
        List<string> allowed = ["a"];
        List<OptionSpec> entries = [new() { Name = "inner", Kind = OptionKind.Text, Description = "", Allowed = allowed }];
        List<OptionSpec> options = [new() { Name = "outer", Kind = OptionKind.Map, Description = "", Entries = entries }];
        var types = With(Metadata("mine") with { Capabilities = capabilities, Options = options }, AnyCreator);

        capabilities.Clear();
        allowed.Add("b");
        entries.Clear();
        options.Clear();

        var metadata = types.Resolve("mine");
        Assert.Equal([ModelCapabilities.Chat], metadata.Capabilities);
        Assert.Equal(["a"], Assert.Single(Assert.Single(metadata.Options).Entries).Allowed);
    }

    [Fact]
    [Trait("Requirement", "FR-004")]
    public void Metadata_CastBackToAList_CanNotBeChanged()
    {
        var metadata = With(Metadata("mine") with { Capabilities = [ModelCapabilities.Chat] }, AnyCreator).Resolve("mine");

        Assert.Throws<NotSupportedException>(() => ((IList<string>)metadata.Capabilities)[0] = "other");
    }

    [Fact]
    [Trait("Requirement", "FR-006")]
    public void List_ManyTypes_IsOrderedByName()
    {
        var types = new ChatProviderTypes();
        foreach (var name in (string[])["zeta", "alpha", "m-1", "m"])
        {
            types.Register(Metadata(name), AnyCreator);
        }

        Assert.Equal(["alpha", "m", "m-1", "zeta"], types.List().Select(type => type.Name));
    }

    [Fact]
    [Trait("Requirement", "FR-006")]
    public void Resolve_UnknownName_ListsTheKnownOnes()
    {
        var types = With(Metadata("mine"), AnyCreator);
        types.Register(Metadata("yours"), AnyCreator);

        var error = Assert.Throws<ChatModelsException>(() => types.Resolve("theirs"));

        Assert.Equal(ErrorCodes.ProviderTypeUnknown, error.Code);
        Assert.EndsWith("It has: mine, yours.", error.Message, StringComparison.Ordinal);
        Assert.False(types.TryResolve("theirs", out _));
    }

    [Theory]
    [Trait("Defect", "ignored-criteria")]
    [Trait("Requirement", "FR-016")]
    [InlineData(new[] { "chat" }, null, null, "far,near")]
    [InlineData(new[] { "chat", "tools" }, null, null, "near")]
    [InlineData(new[] { "audio" }, null, null, "")]
    [InlineData(new string[0], true, null, "far,other")]
    [InlineData(new string[0], false, null, "near")]
    [InlineData(new string[0], null, "n", "near")]
    [InlineData(new[] { "chat" }, true, "f", "far")]
    [InlineData(new string[0], null, null, "far,near,other")]
    public void Find_EveryCriterion_IsHonoured(string[] capabilities, bool? takesEndpoint, string? prefix, string expected)
    {
        var types = With(Metadata("near") with { Capabilities = ["chat", "tools"], Endpoint = FieldUse.Refused }, AnyCreator);
        types.Register(Metadata("far") with { Capabilities = ["chat"], Endpoint = FieldUse.Required }, AnyCreator);
        types.Register(Metadata("other"), AnyCreator);

        var found = types.Find(new ProviderTypeQuery { Capabilities = capabilities, TakesEndpoint = takesEndpoint, NamePrefix = prefix });

        Assert.Equal(expected, string.Join(',', found.Select(type => type.Name)));
    }

    [Fact]
    [Trait("Requirement", "NFR-001")]
    public void TryResolve_Always_AllocatesNothing()
    {
        var types = With(Metadata("mine"), AnyCreator);
        Assert.True(types.TryResolve("mine", out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
        {
            types.TryResolve("mine", out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    [Trait("Defect", "unlocked-maps")]
    [Trait("Requirement", "FR-005")]
    [Trait("Requirement", "NFR-004")]
    [Trait("Requirement", "NFR-005")]
    public async Task Readers_WhileWritersRegisterAndUnregister_SeeWholeEntriesOnly()
    {
        var types = With(Metadata("fixed"), AnyCreator);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                var torn = 0;
                while (!stop.IsCancellationRequested)
                {
                    var list = types.List();
                    var isOrdered = list.Zip(list.Skip(1)).All(pair => string.CompareOrdinal(pair.First.Name, pair.Second.Name) < 0);
                    torn += isOrdered && types.IsRegistered("fixed") && list.All(type => type.Description == "For tests.") ? 0 : 1;
                }

                return torn;
            },
            TestContext.Current.CancellationToken)).ToArray();

        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, async (index, cancellationToken) =>
        {
            types.Register(Metadata($"t{index}"), AnyCreator);
            Assert.True(index % 2 == 0 || await types.UnregisterAsync($"t{index}", cancellationToken));
        });
        await stop.CancelAsync();

        Assert.All(await Task.WhenAll(readers), torn => Assert.Equal(0, torn));
        Assert.Equal(101, types.List().Count);
    }
}
