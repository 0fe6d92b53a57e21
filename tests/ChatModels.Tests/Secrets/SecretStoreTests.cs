using ChatModels.Secrets;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ChatModels.Tests.Secrets;

public sealed class SecretStoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Secrets:openai-eu", "openai-eu")]
    [InlineData("Secrets:openai_eu", "openai-eu")]
    [InlineData("secrets:OPENAI_EU", "openai-eu")]
    public void Get_NameInConfiguration_IsFoundAsWrittenAndWithUnderscores(string key, string name)
    {
        using var store = new SecretStore(Configuration((key, "sk-1")));

        Assert.Equal("sk-1", store.Get(name).Value);
    }

    [Fact]
    public void Get_BothForms_PrefersTheOneAsWritten()
    {
        using var store = new SecretStore(Configuration(("Secrets:a_b", "under"), ("Secrets:a-b", "hyphen")));

        Assert.Equal("hyphen", store.Get("a-b").Value);
    }

    [Theory]
    [InlineData("sk-1\n", "sk-1")]
    [InlineData("sk-1\r\n", "sk-1")]
    [InlineData(" sk 1 ", " sk 1 ")]
    [InlineData("\n", null)]
    [InlineData("", null)]
    public void Get_Value_LosesOnlyItsLineEnd(string written, string? expected)
    {
        using var store = new SecretStore(Configuration(("Secrets:a", written)));

        Assert.Equal(expected, store.Get("a").Value);
    }

    [Fact]
    public void Get_SameNameTwice_IsTheSameObject()
    {
        using var store = new SecretStore(Configuration());

        Assert.Same(store.Get("a"), store.Get("a"));
        Assert.Null(store.Get("a").Value);
    }

    [Fact]
    public async Task Changed_ConfigurationReloads_ComesAfterTheValueWasExchanged()
    {
        var configuration = Configuration(("Secrets:a", "old"));
        using var store = new SecretStore(configuration);
        var secret = store.Get("a");
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += () => seen.TrySetResult(secret.Value);

        configuration["Secrets:a"] = "new";
        configuration.Reload();

        Assert.Equal("new", await seen.Task.WaitAsync(TimeSpan.FromSeconds(15), Ct));
    }

    [Fact]
    public void Text_OfSecretsAndWhatHoldsThem_NeverShowsTheValue()
    {
        using var store = new SecretStore(Configuration(("Secrets:a", "sk-hidden")));
        var secret = store.Get("a");
        var header = new ChatModels.Providers.HeaderSource(null, secret);
        var options = new ChatModels.Providers.ProviderOptions { Id = "p", ApiKey = secret, Headers = new Dictionary<string, ChatModels.Providers.HeaderSource> { ["x"] = header } };

        Assert.Equal("secret 'a'", secret.ToString());
        Assert.All([$"{secret}", $"{header}", $"{options}", $"{store}"], text => Assert.DoesNotContain("sk-hidden", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_NobodyHolds_DoNotGrowTheTable()
    {
        var names = new SecretNames();
        var held = names.Add(new Secret("held", "v"));
        for (var index = 0; index < 100 * SecretNames.SweepAtLeast; index++)
        {
            names.Add(new Secret($"made-up-{index}", null));
            if (index % SecretNames.SweepAtLeast == 0)
            {
                GC.Collect();
            }
        }

        Assert.InRange(names.Count, 1, 8 * SecretNames.SweepAtLeast);
        Assert.Same(held, names.Find("held"));
    }

    [Fact]
    public void Open_DirectoryMissing_NamesTheSettingAndTheCure()
    {
        var error = Assert.Throws<ChatModelsException>(() => new SecretStore(Configuration(("ChatModels:Secrets:Directories:0", "/no/such/directory"))));

        Assert.Equal("ChatModels:Secrets:Directories:0", Assert.Single(error.Issues).Path);
        Assert.Contains("/no/such/directory", error.Message, StringComparison.Ordinal);
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
}
