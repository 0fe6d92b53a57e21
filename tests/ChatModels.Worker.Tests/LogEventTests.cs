using ChatModels.Testing;
using Xunit;

namespace ChatModels.Worker.Tests;

public sealed class LogEventTests
{
    /// <summary>The catalogue of log events is made from the other programs' assemblies; the worker says everything through them.</summary>
    [Fact]
    public void TheWorker_HasNoEventsBesideThoseOfTheCatalogue() => Assert.Empty(LogEvent.Of(typeof(WorkerHost).Assembly));
}
