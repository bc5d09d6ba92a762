// Packages carry their own configuration; this one only marks the root.
module.exports = { root: true };
