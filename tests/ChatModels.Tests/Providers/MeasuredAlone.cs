using Xunit;

namespace ChatModels.Tests.Providers;

/// <summary>Tests that measure the whole process run when no other test does.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MeasuredAlone;
