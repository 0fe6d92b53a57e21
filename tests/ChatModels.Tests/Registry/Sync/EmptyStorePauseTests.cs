using ChatModels.Registry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

public sealed class EmptyStorePauseTests
{
    [Fact]
    public async Task Refresh_WhileItWaitsForAnotherToFillTheStore_LooksAsOftenAsEver()
    {
        var options = new RegistryOptions();
        using var replica = new TestReplica(new FakeRegistryStore(TimeProvider.System), new FakeTimeProvider(), options);

        for (var look = 0; look < 20; look++)
        {
            Assert.InRange(await replica.RefreshAsync(), TimeSpan.Zero, options.RefreshMaximum);
        }
    }
}
