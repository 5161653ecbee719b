using RedisML.Features;

namespace RedisML.Training;

/// <summary>What is done with a block of encoded rows and what they are to be predicted as.</summary>
public delegate void BlockVisit(EncodedBlock block, Targets targets);
